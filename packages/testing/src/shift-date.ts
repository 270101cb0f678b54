/** Sets the clock of this process off by so many milliseconds, until it is disposed of. */
export function shiftDate(offByMs: number): Disposable {
  const RightDate = Date;
  const now = () => RightDate.now() + offByMs;

  class ShiftedDate extends RightDate {
    constructor(...parts: unknown[]) {
      if (parts.length === 0) super(now());
      // Whatever else Date takes reaches it as it is.
      else super(...(parts as [number]));
    }

    static override now(): number {
      return now();
    }

    /** Dates that were made before, or by a module that kept the right one, are Dates too. */
    static override [Symbol.hasInstance](value: unknown): boolean {
      return value instanceof RightDate;
    }
  }

  // A class lacks only the call without `new`, which nothing here uses.
  globalThis.Date = ShiftedDate as DateConstructor;
  return {
    [Symbol.dispose]() {
      globalThis.Date = RightDate;
    },
  };
}
