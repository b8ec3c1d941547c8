-- Persons are joined here, by the macro connect_components: a person is all that int_identifier_links links,
-- directly or through others, and their browsers. A browser of several people is counted to the one first seen there,
-- whose id so stays; its sessions are told apart (int_shared_browser_sessions).
-- Components before snapshot: inside the transaction that the other hook begins, DuckDB knows no table sizes.
{{ config(
    pre_hook=[
        "{{ connect_components(ref('int_identifiers'), ref('int_identifier_links')) }}",
        "{{ snapshot_previous_run() }}",
    ],
    post_hook="{{ empty_on_full_refresh() }}"
) }}
-- depends_on: {{ ref('int_identifier_links') }}
with

identifiers as (
    select * from {{ ref('int_identifiers') }}
),

pairs as (
    select * from {{ ref('int_identifier_pairs') }}
),

components as (
    select * from {{ this.schema }}.identifier_components
),

labelled as (
    select
        identifiers.*,
        components.label
    from identifiers
    inner join components on identifiers.identifier_key = components.node
),

browser_people as (
    select
        pairs.identifier,
        people.label,
        min(pairs.first_seen_at) as first_seen_at
    from pairs
    inner join labelled as people on pairs.other_identifier = people.identifier
    where pairs.identifier_type = 'anonymous' and not people.is_shared
    group by pairs.identifier, people.label
),

browsers as (
    select
        identifier,
        label,
        count(*) over (partition by identifier) > 1 as is_of_several_people
    from browser_people
    qualify row_number() over (partition by identifier order by first_seen_at, label) = 1
),

grouped as (
    select
        labelled.*,
        coalesce(case when not labelled.is_shared then browsers.label end, labelled.label) as person_key,
        case when browsers.is_of_several_people then 'several_people' end as browser_shared_because
    from labelled
    left join browsers on labelled.identifier = browsers.identifier
),

canonical as (
    select
        person_key,
        min(identifier_key) as identifier_key
    from grouped
    group by person_key
),

final as (
    select
        grouped.identifier,
        grouped.identifier_type,
        grouped.identifier_value,
        grouped.email_domain,
        grouped.degree,
        coalesce(grouped.shared_because, grouped.browser_shared_because) as shared_because,
        coalesce(grouped.shared_because, grouped.browser_shared_because) is not null as is_shared,
        {{ salted_hash('first_identifiers.identifier') }} as person_id,
        grouped.first_seen_at
    from grouped
    inner join canonical on grouped.person_key = canonical.person_key
    inner join identifiers as first_identifiers on canonical.identifier_key = first_identifiers.identifier_key
)

select * from final
