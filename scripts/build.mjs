/** `npm run build`: builds every package into its dist/. */

import { build, install } from './steps.mjs'

install()
build()
