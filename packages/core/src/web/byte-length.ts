/** How many bytes a text takes on the wire. */
const encoder = new TextEncoder()

/** Node, Bun and Deno can tell without making the bytes, which is ten times faster. */
const { Buffer } = globalThis as { Buffer?: { byteLength(text: string): number } }

export const byteLength = (text: string): number => Buffer?.byteLength(text) ?? encoder.encode(text).length
