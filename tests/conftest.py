pytest_plugins = (
    "tests.support.dynamodb_local",
    "tests.support.environment",
    "tests.support.lasting_tables",
    "tests.support.object_store",
)
