pytest_plugins = ("tests.support.dynamodb_local", "tests.support.lasting_tables")
