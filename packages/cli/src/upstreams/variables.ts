/** Variables in the values of an mcp.json: `${NAME}`, `${NAME:-default}` and `${env:NAME}`. */

const VARIABLE = /\$\{(?:env:)?(?<name>[A-Za-z_]\w*)(?::-(?<fallback>[^}]*))?\}/g
/** What hosts know and we do not: `${input:token}`, `${workspaceFolder}` is taken for a variable. */
const FOREIGN = /\$\{(?!env:)[A-Za-z]+:(?!-)[^}]*\}/

/** An empty variable counts as none where there is a default, as in shells. `fail` is given what is wrong, and throws. */
export function expand(text: string, env: Readonly<Record<string, string | undefined>>, fail: (fault: string) => never): string {
  const [foreign] = FOREIGN.exec(text) ?? []
  if (foreign) fail(`only the host that it was written for knows ${foreign}: use a variable of the environment, \${NAME}`)
  return text.replaceAll(VARIABLE, (whole: string, name: string, fallback: string | undefined) => {
    const value = env[name]
    if (fallback !== undefined) return value || fallback
    return value ?? fail(`the variable ${name} of ${whole} is not set: set it, or give it a default, \${${name}:-default}`)
  })
}
