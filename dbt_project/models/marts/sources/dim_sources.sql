with

catalogue as (
    select * from {{ ref('source_catalogue') }}
),

source_settings as (
    select * from {{ ref('source_settings') }}
),

portfolio as (
    select * from {{ ref('source_portfolio') }}
),

-- The class of the last whole quarter; of the running quarter for a source that is new in it.
latest as (
    select
        source,
        portfolio_class
    from portfolio
    qualify row_number() over (
        partition by source
        order by case when {{ next_quarter('quarter') }} <= {{ as_of_date() }} + 1 then 0 else 1 end asc, quarter desc
    ) = 1
),

final as (
    select
        catalogue.source,
        catalogue.source_label,
        catalogue.source_label_fr,
        catalogue.source_type,
        catalogue.category,
        catalogue.is_paid,
        catalogue.is_unclear,
        coalesce(source_settings.portfolio_class, latest.portfolio_class) as portfolio_class
    from catalogue
    left join source_settings on catalogue.source = source_settings.source
    left join latest on catalogue.source = latest.source
)

select * from final
