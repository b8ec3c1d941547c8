{{ config(materialized='view') }}
with

identifiers as (
    select * from {{ ref('int_identifiers') }}
),

pairs as (
    select * from {{ ref('int_identifier_pairs') }}
),

-- A shared identifier (an office e-mail, a shared device) links no persons.
seen_together as (
    select
        one.identifier_key as one_key,
        one.identifier_type as one_type,
        other.identifier_key as other_key,
        other.identifier_type as other_type
    from pairs
    inner join identifiers as one on pairs.identifier = one.identifier
    inner join identifiers as other on pairs.other_identifier = other.identifier
    where not one.is_shared and not other.is_shared
),

knows_other as (
    select distinct one_key from seen_together
    where (one_type = 'user' and other_type = 'email') or (one_type = 'email' and other_type = 'user')
),

browsers as (
    select
        one_key,
        max(case when other_type = 'user' then other_key end) as user_key,
        max(case when other_type = 'email' then other_key end) as email_key
    from seen_together
    where one_type = 'anonymous'
    group by one_key
    having
        count(case when other_type = 'user' then 1 end) = 1
        and count(case when other_type = 'email' then 1 end) = 1
),

-- A browser alone makes one person only of a user whose e-mail no record has and an e-mail without a user, where it
-- knows no others.
users_with_email as (
    select
        least(user_key, email_key) as low_key,
        greatest(user_key, email_key) as high_key
    from browsers
    where
        user_key not in (select knows_other.one_key from knows_other)
        and email_key not in (select knows_other.one_key from knows_other)
),

final as (
    select
        one_key as low_key,
        other_key as high_key
    from seen_together
    where
        one_key < other_key
        and ({{ var('merge_people_on_shared_browser') }} or (one_type != 'anonymous' and other_type != 'anonymous'))
    union
    select * from users_with_email
    where not {{ var('merge_people_on_shared_browser') }}
)

select * from final
