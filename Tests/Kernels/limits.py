def programs(*_):
    return []
