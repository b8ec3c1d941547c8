"""Texts beside the names of known sources. DuckDB compares them on every engine: few others have Jaro-Winkler."""


def model(dbt, session):
    """One row per text of an unmapped combination that reads like a known name: the source of the most similar one."""
    signals = dbt.ref("int_source_signals_classified")
    names = dbt.ref("int_source_names")
    settings = dbt.config.get("meta")
    return session.query(
        """
        with words as (
            select distinct
                unnest([crm_source_word, utm_source_word, utm_medium_word, referrer_platform]) as word
            from signals
            where is_unmapped
        ),

        compared as (
            select
                words.word,
                names.name,
                names.source,
                jaro_winkler_similarity(words.word, names.name) as similarity
            from words
            cross join names
        )

        select
            word,
            source
        from compared
        where similarity >= $1
        qualify row_number() over (partition by word order by similarity desc, name asc) = 1
        """,
        params=[float(settings["min_similarity"])],
    )
