import asyncio


async def brew_coffee():
    print("Start brewCoffee()")
    await asyncio.sleep(3)
    print("End brewCoffee()")
    return "Coffee ready"


async def toast_bagel():
    print("Start toastBagel()")
    await asyncio.sleep(2)
    print("End toastBagel()")
    return "Bagel toasted"


async def program():
    clock = asyncio.get_running_loop()
    start = clock.time()
    coffee = asyncio.create_task(brew_coffee())
    bagel = asyncio.create_task(toast_bagel())
    coffee = await coffee
    bagel = await bagel
    print(f"Result of brewCoffee : {coffee}")
    print(f"Result of toastBagel : {bagel}")
    print(f"Total execution time : {clock.time() - start:.2f} seconds")


if __name__ == "__main__":
    asyncio.run(program())
