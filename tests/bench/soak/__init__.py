"""Half an hour in one container: does it keep what it should forget?"""
