/** Generates keys for requests of different clients, whose own ids may be equal. */
let sequence = 0

export const nextKey = (): number => ++sequence
