/** Expands `${NAME}`, `${NAME:-default}` and `${env:NAME}` in the values of an mcp.json. */

const VARIABLE = /\$\{(?:env:)?(?<name>[A-Za-z_]\w*)(?::-(?<fallback>[^}]*))?\}/g
/** References that only a host application can resolve, such as `${input:token}`. */
const FOREIGN = /\$\{(?!env:)[A-Za-z]+:(?!-)[^}]*\}/

/** Not secret, and common in paths: masking them would hide most of a message. */
const PUBLIC: ReadonlySet<string> = new Set(['HOME', 'PATH', 'PWD', 'USER', 'USERNAME', 'USERPROFILE', 'SHELL', 'TMPDIR', 'TEMP', 'TMP', 'LANG', 'workspaceFolder'])

/** As in shells, a default also replaces an empty variable. `fail` throws an error with the given message; `onSecret` receives each value that messages must not show. */
export function expand(text: string, env: Readonly<Record<string, string | undefined>>, fail: (fault: string) => never, onSecret: (value: string) => void = () => {}): string {
  const [foreign] = FOREIGN.exec(text) ?? []
  if (foreign) fail(`only the host application can resolve ${foreign}. Use an environment variable: \${NAME}`)
  return text.replaceAll(VARIABLE, (_, name: string, fallback: string | undefined) => {
    const value = env[name]
    if (value && !PUBLIC.has(name)) onSecret(value)
    if (fallback !== undefined) return value || fallback
    return value ?? fail(`the variable ${name} is not set. Set it, or add a default: \${${name}:-value}`)
  })
}
