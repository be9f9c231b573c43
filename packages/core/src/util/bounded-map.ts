/** A map with a maximum size: a new entry replaces the oldest one. */
export class BoundedMap<Key, Value> extends Map<Key, Value> {
  readonly #max: number
  readonly #onEvict: ((value: Value) => void) | undefined

  /** `onEvict` receives a value that was replaced because the map was full. */
  constructor(max: number, onEvict?: (value: Value) => void) {
    super()
    this.#max = max
    this.#onEvict = onEvict
  }

  /** Makes the entry the newest one, even if the key existed. To keep the entries that were used most recently, set an entry again when it is used. */
  override set(key: Key, value: Value): this {
    this.delete(key)
    const [oldest] = this.size < this.#max ? [] : this
    super.set(key, value)
    if (oldest) {
      this.delete(oldest[0])
      this.#onEvict?.(oldest[1])
    }
    return this
  }
}
