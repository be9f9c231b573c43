/** Tells when files hold something else than before: those that were imported, those that an import has missed, and all in some folders. */
import { existsSync, readdirSync, statSync, watch, type Dirent, type FSWatcher } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { ancestors } from '../ancestors.ts'
import { contentsOf, type Contents } from './contents.ts'

/** Milliseconds without news after which a file counts as written: editors write in several steps. */
const QUIET = 50
/** Milliseconds of news without such a silence. */
const PATIENCE = 500
/** Milliseconds between two looks without any news: some file systems give none. */
const LOOK = 1000

/** What an import may leave out of a name. */
const ENDINGS = ['', '.js', '.ts', '.mjs', '.mts', '.cjs', '.cts', '.json', '.tsx', '.jsx']

/** Does not keep the process alive. */
export class Watcher {
  readonly #trees: readonly string[]
  readonly #onChange: (changed: readonly string[]) => void
  readonly #files = new Map<string, Contents | undefined>()
  /** With what there was for them. */
  readonly #missing = new Map<string, string>()
  readonly #watched = new Map<string, FSWatcher>()
  /** Files that were gone, or empty, when last looked at: that is how many editors begin to write. */
  readonly #unsure = new Set<string>()
  #soon: NodeJS.Timeout | undefined
  #stirred = 0

  /** `trees` are folders, with those below them, but for `node_modules` and what begins with a dot. `onChange` gets absolute paths. */
  constructor(trees: readonly string[], onChange: (changed: readonly string[]) => void) {
    this.#trees = trees
    this.#onChange = onChange
    for (const file of this.#filesOfTrees()) this.#files.set(file, contentsOf(file))
    setInterval(() => this.#glance(), LOOK).unref()
    this.#watchFolders()
  }

  /** `since`: when the one who read it may have begun to. What was written after that may not be what was read, so it counts as changed. */
  add(file: string, since: number): void {
    if (this.#files.has(file)) return
    const contents = contentsOf(file)
    const isNewer = contents !== undefined && contents.written >= since
    this.#files.set(file, isNewer ? { ...contents, settled: false, hash: '' } : contents)
    this.#watchFolder(dirname(file))
    if (isNewer) this.#stir()
  }

  /** Nothing is told of the others any more. */
  keep(files: ReadonlySet<string>): void {
    const trees = new Set(this.#filesOfTrees())
    for (const file of this.#files.keys()) if (!files.has(file) && !trees.has(file)) this.#files.delete(file)
    this.#missing.clear()
    this.#watchFolders()
  }

  /** Tells when there is such a file, or one that an import by this name may find: also if it has come already, after `since`. */
  awaitFile(path: string, since: number): void {
    const found = statSync(path, { throwIfNoEntry: false })
    this.#missing.set(path, found?.isFile() && found.ctimeMs >= since ? 'nothing' : foundFor(path))
    this.#watchFolder(nearestFolder(path))
    this.#glance()
  }

  #stir(): void {
    if (this.#soon === undefined) this.#stirred = Date.now()
    else if (Date.now() - this.#stirred > PATIENCE) return
    clearTimeout(this.#soon)
    this.#soon = setTimeout(() => {
      this.#soon = undefined
      this.#watchFolders() // There may be new ones.
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

  /** A folder, not a file: who saves by putting another file in its place would take the watch with it. */
  #watchFolder(folder: string): void {
    if (this.#watched.has(folder) || !existsSync(folder)) return
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        if (name === null || this.#concerns(join(folder, name))) this.#stir()
      })
      watcher.on('error', () => this.#watched.delete(folder))
      this.#watched.set(folder, watcher)
    } catch {
      // So many watches may not be allowed; a look now and then has to do.
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
    return [] // It is not there, or is not for this user to read.
  }
}

/** TypeScript says `./x.js` for what is `./x.ts`. */
const foundFor = (path: string): string => [...ENDINGS.map((ending) => path + ending), path.replace(/js$/, 'ts')].filter((candidate) => existsSync(candidate)).join()

const nearestFolder = (path: string): string => ancestors(dirname(path)).find(existsSync) ?? dirname(path)
