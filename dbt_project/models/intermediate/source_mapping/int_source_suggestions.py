"""Texts beside the names of known sources. DuckDB compares them on every engine: few others have Jaro-Winkler."""


def model(dbt, session):
    """One row per text of an unmapped combination that reads like a known name: the source of the most similar one."""
    settings = dbt.config.get("meta")
    unmapped = dbt.ref("int_source_signals_classified").filter("is_unmapped")
    words = unmapped.project(
        "unnest([crm_source_word, utm_source_word, utm_medium_word, referrer_platform]) as word"
    ).distinct()
    compared = words.cross(dbt.ref("int_source_names")).project(
        "word, name, source, jaro_winkler_similarity(word, name) as similarity"
    )
    alike = compared.filter(f"similarity >= {settings['min_similarity']}")
    return alike.query(
        "alike",
        "select word, source from alike"
        " qualify row_number() over (partition by word order by similarity desc, name asc) = 1",
    )
