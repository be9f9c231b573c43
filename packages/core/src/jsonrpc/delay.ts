/** Milliseconds, for a timer: one of a longer time than it can keep would fire at once. */
export const toDelay = (milliseconds: number): number => Math.min(milliseconds, 2 ** 31 - 1)
