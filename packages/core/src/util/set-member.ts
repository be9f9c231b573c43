/** Sets a member of an object when the other side of a connection chose its name. */

/** Defines an own property even for the name `__proto__`, so that no client can change the prototype. */
export function setMember(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true })
  else object[name] = value
}
