/** Watches imported files, files that a failed import expected, and whole folders. */
import { existsSync, readdirSync, statSync, watch, type Dirent, type FSWatcher } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { ancestors } from '../ancestors.ts'
import { contentsOf, type Contents } from './file-contents.ts'

/** Milliseconds without events after which a file is treated as written. Editors write in several steps. */
const QUIET = 50
/** Maximum delay in milliseconds while events continue. */
const MAX_DELAY = 500
/** Milliseconds between checks without events. Some file systems have no events. */
const LOOK = 1000

/** Extensions that an import may omit. */
const ENDINGS = ['', '.js', '.ts', '.mjs', '.mts', '.cjs', '.cts', '.json', '.tsx', '.jsx']

/** Does not keep the process alive. */
export class Watcher {
  readonly #trees: readonly string[]
  readonly #onChange: (changed: readonly string[]) => void
  readonly #files = new Map<string, Contents | undefined>()
  /** Expected paths, with the files found for each. */
  readonly #missing = new Map<string, string>()
  readonly #watched = new Map<string, FSWatcher>()
  /** Files that were missing or empty at the last check. Many editors start a write that way. */
  readonly #unsure = new Set<string>()
  #soon: NodeJS.Timeout | undefined
  #stirred = 0

  /** `trees` are folders, watched recursively without `node_modules` and names that start with a dot. `onChange` receives absolute paths. */
  constructor(trees: readonly string[], onChange: (changed: readonly string[]) => void) {
    this.#trees = trees
    this.#onChange = onChange
    for (const file of this.#filesOfTrees()) this.#files.set(file, contentsOf(file))
    setInterval(() => this.#glance(), LOOK).unref()
    this.#watchFolders()
  }

  /** `since` is when the loader may have started to read the file. A later write may have been missed, so it is treated as a change. */
  add(file: string, since: number): void {
    if (this.#files.has(file)) return
    const contents = contentsOf(file)
    const isNewer = contents !== undefined && contents.written >= since
    this.#files.set(file, isNewer ? { ...contents, settled: false, hash: '' } : contents)
    this.#watchFolder(dirname(file))
    if (isNewer) this.#stir()
  }

  /** Stops watching all other files. */
  keep(files: ReadonlySet<string>): void {
    const trees = new Set(this.#filesOfTrees())
    for (const file of this.#files.keys()) if (!files.has(file) && !trees.has(file)) this.#files.delete(file)
    this.#missing.clear()
    this.#watchFolders()
  }

  /** Reports when a file appears that an import of `path` would find, also if it appeared after `since`. */
  awaitFile(path: string, since: number): void {
    const found = statSync(path, { throwIfNoEntry: false })
    this.#missing.set(path, found?.isFile() && found.ctimeMs >= since ? 'nothing' : foundFor(path))
    this.#watchFolder(nearestFolder(path))
    this.#glance()
  }

  #stir(): void {
    if (this.#soon === undefined) this.#stirred = Date.now()
    else if (Date.now() - this.#stirred > MAX_DELAY) return
    clearTimeout(this.#soon)
    this.#soon = setTimeout(() => {
      this.#soon = undefined
      this.#watchFolders() // The change may be a new folder.
      this.#look([...this.#files.keys(), ...this.#filesOfTrees()])
    }, QUIET).unref()
  }

  #glance(): void {
    const isChanged = [...this.#files].some(([file, before]) => contentsOf(file, before)?.hash !== before?.hash)
    if (isChanged || [...this.#missing].some(([path, found]) => foundFor(path) !== found)) this.#stir()
  }

  #look(files: Iterable<string>): void {
    const changed = [...new Set(files)].filter((file) => this.#hasChanged(file))
    for (const [path, found] of this.#missing) {
      if (foundFor(path) === found) continue
      this.#missing.delete(path)
      changed.push(path)
    }
    if (changed.length > 0) this.#onChange(changed)
  }

  #hasChanged(file: string): boolean {
    const isKnown = this.#files.has(file)
    const before = this.#files.get(file)
    const contents = contentsOf(file, before)
    if (isKnown && contents?.hash === before?.hash) {
      this.#files.set(file, contents)
      this.#unsure.delete(file)
      return false
    }
    if (!contents?.size && !this.#unsure.delete(file)) {
      this.#unsure.add(file)
      setTimeout(() => this.#stir(), 2 * QUIET).unref()
      return false
    }
    this.#files.set(file, contents)
    return true
  }

  #watchFolders(): void {
    const needed = new Set([...[...this.#files.keys()].map((file) => dirname(file)), ...[...this.#missing.keys()].map(nearestFolder), ...this.#trees.flatMap((tree) => [...foldersIn(tree)])])
    for (const [folder, watcher] of this.#watched) {
      if (needed.has(folder) && existsSync(folder)) continue
      watcher.close()
      this.#watched.delete(folder)
    }
    for (const folder of needed) this.#watchFolder(folder)
  }

  /** Watches folders, because editors that replace a file would end a watch on the file itself. */
  #watchFolder(folder: string): void {
    if (this.#watched.has(folder) || !existsSync(folder)) return
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        if (name === null || this.#concerns(join(folder, name))) this.#stir()
      })
      watcher.on('error', () => this.#watched.delete(folder))
      this.#watched.set(folder, watcher)
    } catch {
      // The system limits the number of watches. The regular checks still find changes.
    }
  }

  #concerns(path: string): boolean {
    if (this.#files.has(path) || this.#trees.some((tree) => path.startsWith(tree + sep))) return true
    return [...this.#files.keys()].some((file) => file.startsWith(path + sep)) || [...this.#missing.keys()].some((missing) => missing.startsWith(path) || path.startsWith(missing))
  }

  *#filesOfTrees(): Iterable<string> {
    for (const tree of this.#trees) {
      for (const folder of foldersIn(tree)) {
        for (const entry of entriesOf(folder)) if (!entry.isDirectory()) yield join(folder, entry.name)
      }
    }
  }
}

function* foldersIn(folder: string): Iterable<string> {
  yield folder
  for (const entry of entriesOf(folder)) if (entry.isDirectory()) yield* foldersIn(join(folder, entry.name))
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter(({ name }) => name !== 'node_modules' && !name.startsWith('.'))
  } catch {
    return [] // Missing, or not readable.
  }
}

/** In TypeScript, `./x.js` may mean `./x.ts`. */
const foundFor = (path: string): string => [...ENDINGS.map((ending) => path + ending), path.replace(/js$/, 'ts')].filter((candidate) => existsSync(candidate)).join()

const nearestFolder = (path: string): string => ancestors(dirname(path)).find(existsSync) ?? dirname(path)
