/** Variables in the values of an mcp.json: `${NAME}`, `${NAME:-default}` and `${env:NAME}`. */

const VARIABLE = /\$\{(?:env:)?(?<name>[A-Za-z_]\w*)(?::-(?<fallback>[^}]*))?\}/g
/** What hosts know and we do not: `${input:token}`, `${workspaceFolder}` is taken for a variable. */
const FOREIGN = /\$\{(?!env:)[A-Za-z]+:(?!-)[^}]*\}/

/** Where a program finds its files, and who runs it: to mask these would hide most of a message, and no secret. */
const PUBLIC: ReadonlySet<string> = new Set(['HOME', 'PATH', 'PWD', 'USER', 'USERNAME', 'USERPROFILE', 'SHELL', 'TMPDIR', 'TEMP', 'TMP', 'LANG', 'workspaceFolder'])

/** Fills in variables. As in shells, an empty variable counts as unset where there is a default. `fail` receives what is wrong, and throws; `onSecret` receives each value that messages must not show. */
export function expand(text: string, env: Readonly<Record<string, string | undefined>>, fail: (fault: string) => never, onSecret: (value: string) => void = () => {}): string {
  const [foreign] = FOREIGN.exec(text) ?? []
  if (foreign) fail(`only the host that it was written for knows ${foreign}: use a variable of the environment, \${NAME}`)
  return text.replaceAll(VARIABLE, (whole: string, name: string, fallback: string | undefined) => {
    const value = env[name]
    if (value && !PUBLIC.has(name)) onSecret(value)
    if (fallback !== undefined) return value || fallback
    return value ?? fail(`the variable ${name} of ${whole} is not set: set it, or give it a default, \${${name}:-default}`)
  })
}
