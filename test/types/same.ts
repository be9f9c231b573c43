/** An assertion for the compiler: two types are the same, not merely assignable to each other. */

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Takes no argument if the types are the same; if not, the call does not compile, and the message shows both. */
export declare function same<Actual, Expected>(...differ: Same<Actual, Expected> extends true ? [] : [actual: Actual, expected: Expected]): void
