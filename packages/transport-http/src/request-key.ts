/** Keys for the requests of many clients in one register: their own ids may be equal. */
let sequence = 0

export const nextKey = (): number => ++sequence
