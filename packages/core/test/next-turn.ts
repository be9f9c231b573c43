/** Waits for the next turn of the event loop, in which changes are delivered. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1))
