pytest_plugins = ("tests.support.dynamodb_local",)
