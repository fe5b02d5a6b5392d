def run(driver): return []
def count(): return 0
