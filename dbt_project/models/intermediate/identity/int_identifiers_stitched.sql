-- Persons are joined here, by the macro connect_components: a person is all identifiers that int_identifier_pairs
-- links, directly or through others. Two browsers are linked only through user ids or e-mails, never to each other.
-- Components before snapshot: inside the transaction that the other hook begins, DuckDB knows no table sizes.
{{ config(
    pre_hook=[
        "{{ connect_components(ref('int_identifiers'), ref('int_identifier_pairs')) }}",
        "{{ snapshot_previous_run() }}",
    ],
    post_hook="{{ empty_on_full_refresh() }}"
) }}
-- depends_on: {{ ref('int_identifier_pairs') }}
with

identifiers as (
    select * from {{ ref('int_identifiers') }}
),

components as (
    select * from {{ this.schema }}.identifier_components
),

final as (
    select
        identifiers.identifier,
        identifiers.identifier_type,
        identifiers.identifier_value,
        identifiers.email_domain,
        identifiers.is_shared,
        {{ salted_hash('canonical.identifier') }} as person_id,
        identifiers.first_seen_at
    from identifiers
    inner join components on identifiers.identifier_key = components.node
    inner join identifiers as canonical on components.label = canonical.identifier_key
)

select * from final
