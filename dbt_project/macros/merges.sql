{#-
    Follows chains of merges: two CTEs, of which `survivors` has one row per merged record (id) with the record that it
    ended in (surviving_id). To stand after `with recursive` and the CTE `mergers` (merged_id, surviving_id; one row per
    merged_id). Stops after twenty steps: a longer chain is a circle.
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
