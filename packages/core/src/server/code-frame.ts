/** Lets a command show code in the log, across copies of this package: core itself reads no files. */

/** The lines of code around the place where the error was thrown; undefined where they cannot be read. */
export type CodeFrame = (error: Error) => string | undefined

const KEY = Symbol.for('gangway.code-frame')
const holder = globalThis as { [KEY]?: CodeFrame }

/** For commands: from now on, the default logger shows the code of every error. */
export function showCode(frame: CodeFrame): void {
  holder[KEY] = frame
}

export const codeFrameOf: CodeFrame = (error) => holder[KEY]?.(error)
