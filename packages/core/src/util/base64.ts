/** Encodes and decodes base64 without Node's Buffer, so that it works in every runtime. */

// Bytes per call of `fromCharCode`: a longer argument list can overflow the stack.
const CHUNK = 0x8000

export function toBase64(bytes: Uint8Array): string {
  let binary = ''
  for (let start = 0; start < bytes.length; start += CHUNK) binary += String.fromCharCode(...bytes.subarray(start, start + CHUNK))
  return btoa(binary)
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** Returns undefined if the text is not padded base64. `atob` alone also accepts white space and missing padding. */
export function bytesFromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  return BASE64.test(text) ? Uint8Array.from(atob(text), (char) => char.charCodeAt(0)) : undefined
}

/** Returns undefined if the text is not padded base64 of valid UTF-8. */
export function fromBase64(text: string): string | undefined {
  const bytes = bytesFromBase64(text)
  try {
    return bytes && new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
