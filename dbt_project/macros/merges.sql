{#-
    Follows records that were merged into others, which were merged on in their turn: two CTEs, of which `survivors` has
    one row per record that was merged away (id) with the record that is left of it (surviving_id). To stand after
    `with recursive` and the CTE `mergers` (merged_id, surviving_id; one row per merged_id). Who went round twenty times
    goes in a circle, as no chain of merges is that long.
-#}
{% macro survivors_of_merges() -%}
    followed as (
        select
            merged_id as id,
            surviving_id,
            1 as steps
        from mergers
        union all
        select
            followed.id,
            mergers.surviving_id,
            followed.steps + 1 as steps
        from followed
        inner join mergers on followed.surviving_id = mergers.merged_id
        where followed.steps < 20
    ),

    survivors as (
        select
            id,
            surviving_id
        from followed
        qualify row_number() over (partition by id order by steps desc) = 1
    )
{%- endmacro %}
