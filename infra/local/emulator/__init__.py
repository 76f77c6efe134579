"""What MiniStack 1.5.33 lacks or does differently from AWS, one module per matter.

Each module has an `install()` that wraps private functions of the emulator, and says
why; `additions` applies them all. Only the server process imports anything from here:
the emulator reads its settings when it is imported.
"""
