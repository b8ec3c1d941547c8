"""ChannelAttribution on the paths of the warehouse, and how far its shares are from the exact ones."""



from orchestration.settings import PROJECT_DIR

ORDERS = (1, 3)


def models_exist() -> bool:
    """Whether the project has the Markov models; says so where it has not."""
    found = any((PROJECT_DIR / "dbt_project" / "models").rglob("int_markov_effects.sql"))
    if not found:
        print("the models int_markov_transitions and int_markov_effects do not exist: skipped")
    return found
