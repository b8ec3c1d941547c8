{#-
    What a recommendation stands on, in a word. The first that holds:

    unclear        nobody knows what the source is
    nothing        neither money nor a customer
    young          live for too short a time to be judged
    free           customers, and nothing paid
    no_interval    money, but no customer of any source to say what one is worth
    loss           even the high end of LTV:CAC is under break-even
    dependent      even the low end is healthy, and the company hangs on the source already
    healthy        even the low end is healthy
    between        all of the interval pays, and none of it is healthy
    wide           the interval spans a threshold, so it says nothing

    Needs columns of source_evidence, and catalogue.is_unclear.
-#}
{% macro recommendation_ground() -%}
    case
        when catalogue.is_unclear then 'unclear'
        when evidence.investment <= 0 and evidence.customers <= 0 then 'nothing'
        when evidence.months_of_evidence < {{ var('recommendation_min_months') }} then 'young'
        when evidence.investment <= 0 then 'free'
        when evidence.ltv_cac_low is null or evidence.ltv_cac_high is null then 'no_interval'
        when evidence.ltv_cac_high < {{ var('ltv_cac_break_even') }} then 'loss'
        when
            evidence.ltv_cac_low >= {{ var('ltv_cac_healthy') }}
            and evidence.pipeline_share > {{ var('pipeline_share_threshold') }}
            then 'dependent'
        when evidence.ltv_cac_low >= {{ var('ltv_cac_healthy') }} then 'healthy'
        when
            evidence.ltv_cac_low >= {{ var('ltv_cac_break_even') }}
            and evidence.ltv_cac_high < {{ var('ltv_cac_healthy') }}
            then 'between'
        else 'wide'
    end
{%- endmacro %}

{% macro recommendation_of(ground) -%}
    case {{ ground }}
        when 'healthy' then 'double'
        when 'dependent' then 'keep'
        when 'free' then 'keep'
        when 'between' then 'fix'
        when 'unclear' then 'fix'
        when 'loss' then 'stop'
        else 'insufficient_data'
    end
{%- endmacro %}

{#- The sentence, with the figures it rests on. -#}
{% macro recommendation_reason(ground) -%}
    {%- set quarters = var('recommendation_window_quarters') -%}
    {%- set period = "in the " ~ quarters ~ " quarters to this one" if quarters != 1 else "in this quarter" -%}
    {%- set currency = var('reporting_currency') -%}
    {%- set spent = format_number('window_investment') ~ " || ' " ~ currency ~ " '" -%}
    {%- set figures -%}
        case
            when window_customers > 0
                then
                    'LTV:CAC is ' || {{ format_number('ltv_cac_ratio', 1) }} || ' (95%: ' || {{ format_number('ltv_cac_low', 1) }}
                    || ' to ' || {{ format_number('ltv_cac_high', 1) }} || '), from ' || {{ spent }} || 'and '
                    || {{ format_number('window_customers', 1) }} || ' customers {{ period }}'
            else
                {{ spent }} || '{{ period }} brought no customer: by bad luck at most, LTV:CAC is under '
                || {{ format_number('ltv_cac_high', 1) }}
        end
    {%- endset -%}
    case {{ ground }}
        when 'unclear' then
            'Leads without a clear source {{ period }}: ' || {{ format_number('window_leads') }} || '. Mend the tracking first.'
        when 'nothing' then 'Neither money nor a customer {{ period }}.'
        when 'young' then
            'Months of evidence: ' || cast(months_of_evidence as varchar)
            || '. Deals need time to close, so it is judged from {{ var("recommendation_min_months") }} on.'
        when 'free' then
            {{ format_number('window_customers', 1) }}
            || ' customers {{ period }}, and no cost on record: keep it, and write down what it takes.'
        when 'no_interval' then
            {{ spent }} || '{{ period }}, and too few customers of any source to say what one is worth.'
        when 'loss' then
            {{ figures }} || '. Even the high end is under {{ var("ltv_cac_break_even") }}: it costs more than it brings.'
        when 'dependent' then
            {{ figures }} || '. Healthy, but it already makes ' || {{ format_percent('pipeline_share') }}
            || ' of the pipeline: grow something else.'
        when 'healthy' then
            {{ figures }} || '. Even the low end reaches {{ var("ltv_cac_healthy") }}, and at '
            || {{ format_percent('coalesce(pipeline_share, 0)') }} || ' of the pipeline there is room to grow.'
        when 'between' then
            {{ figures }} || '. It pays, but stays under {{ var("ltv_cac_healthy") }}. '
            || case
                when weakest_step is null then 'It has no leads of its own to find a weak step in.'
                else
                    'Its weakest step is ' || replace(weakest_step, '_', ' ') || ': '
                    || {{ format_percent('weakest_rate') }} || ' pass, of all sources '
                    || {{ format_percent('overall_rate') }} || '.'
            end
        else
            {{ figures }} || '. The interval spans '
            || case
                when ltv_cac_low < {{ var('ltv_cac_break_even') }} and ltv_cac_high >= {{ var('ltv_cac_healthy') }}
                    then '{{ var("ltv_cac_break_even") }} and {{ var("ltv_cac_healthy") }}'
                when ltv_cac_low < {{ var('ltv_cac_break_even') }} then '{{ var("ltv_cac_break_even") }}'
                else '{{ var("ltv_cac_healthy") }}'
            end
            || ': too few customers to tell.'
    end
{%- endmacro %}
