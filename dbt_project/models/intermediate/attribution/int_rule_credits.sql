-- The rule models, evaluated once per distinct form of a path: its number of touches, and which roles share a touch.
--
-- A touch's raw weight is the sum of the weights of its roles; touches without a role share the weight `middle`; a role
-- of weight 0 is no role. Credit = raw weight / sum of the raw weights of the path. So roles that coincide add up, and
-- roles that are missing give their weight to the others in proportion. A path without any weight is shared equally.
with

paths as (
    select * from {{ ref('int_path_roles') }}
),

weights as (
    select * from {{ ref('int_attribution_weights') }}
),

path_forms as (
    select
        *,
        row_number() over (
            order by touch_count, lead_creation_role, opportunity_creation_role, last_role
        ) as form_number
    from (select distinct touch_count, lead_creation_role, opportunity_creation_role, last_role from paths) as forms
),

-- The roles of each form, and the touch that each is on.
roles as (
    select form_number, 'first' as role, 'first' as touch_role from path_forms
    union all
    select form_number, 'lead_creation' as role, lead_creation_role as touch_role from path_forms
    union all
    select form_number, 'opportunity_creation' as role, opportunity_creation_role as touch_role from path_forms
    union all
    select form_number, 'last' as role, last_role as touch_role from path_forms
),

role_weights as (
    select
        roles.form_number,
        weights.attribution_model,
        roles.touch_role,
        sum(weights.weight) as weight
    from roles
    inner join weights on roles.role = weights.role
    where roles.touch_role != 'none' and weights.weight > 0
    group by roles.form_number, weights.attribution_model, roles.touch_role
),

path_weights as (
    select
        path_forms.form_number,
        path_forms.touch_count,
        middles.attribution_model,
        middles.weight as middle_weight,
        path_forms.touch_count - count(role_weights.touch_role) as middle_count,
        coalesce(sum(role_weights.weight), 0) as role_weight
    from path_forms
    inner join weights as middles on middles.role = 'middle'
    left join role_weights
        on
            path_forms.form_number = role_weights.form_number
            and middles.attribution_model = role_weights.attribution_model
    group by path_forms.form_number, path_forms.touch_count, middles.attribution_model, middles.weight
),

totals as (
    select
        *,
        cast(role_weight + case when middle_count > 0 then middle_weight else 0 end as double) as total_weight
    from path_weights
),

touches as (
    select form_number, touch_role from roles
    where touch_role != 'none'
    union
    select form_number, 'middle' as touch_role from path_forms
),

credits as (
    select
        touches.form_number,
        touches.touch_role,
        totals.attribution_model,
        case
            when totals.total_weight = 0 then 1 / cast(totals.touch_count as double)
            when role_weights.weight is not null then cast(role_weights.weight as double) / totals.total_weight
            when totals.middle_count > 0
                then cast(totals.middle_weight as double) / cast(totals.middle_count as double) / totals.total_weight
            else 0
        end as credit
    from touches
    inner join totals on touches.form_number = totals.form_number
    left join role_weights
        on
            touches.form_number = role_weights.form_number
            and touches.touch_role = role_weights.touch_role
            and totals.attribution_model = role_weights.attribution_model
),

final as (
    select
        {%- for model in var('attribution_models') %}
        max(case when credits.attribution_model = '{{ model }}' then credits.credit end) as credit_{{ model }},
        {%- endfor %}
        path_forms.touch_count,
        path_forms.lead_creation_role,
        path_forms.opportunity_creation_role,
        path_forms.last_role,
        credits.touch_role
    from path_forms
    inner join credits on path_forms.form_number = credits.form_number
    group by
        path_forms.touch_count,
        path_forms.lead_creation_role,
        path_forms.opportunity_creation_role,
        path_forms.last_role,
        credits.touch_role
)

select * from final
