def make_squares():
    print("squares begins")
    for n in range(1, 4):
        yield n * n  # gives a value, and stops here
        print("squares goes on")
    print("squares ends")


def main():
    squares = make_squares()

    print("main asks")
    for square in squares:
        print(f"main was given {square}")
    print("main is done")


if __name__ == "__main__":
    main()
