print("tessera-compile")
