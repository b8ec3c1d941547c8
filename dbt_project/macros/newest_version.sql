{#-
    Keeps one row per key: the newest version at `as_of`, by `updated_at` where the feed has it, else by load order (when
    the file landed, its name, the row's place in it, the file's checksum). A version after `as_of` counts only where the
    key has no earlier one. To be used as a QUALIFY clause.
-#}
{% macro newest_version(key, updated_at=none) %}
    qualify row_number() over (
        partition by {{ key | join(', ') }}
        order by
            {%- if updated_at %}
            case when {{ updated_at }} > {{ as_of() }} then 1 else 0 end asc,
            {{ updated_at }} desc nulls last,
            {%- endif %}
            _landed_at desc nulls last,
            _file desc nulls last,
            file_row_number desc nulls last,
            _checksum desc nulls last
    ) = 1
{% endmacro %}
