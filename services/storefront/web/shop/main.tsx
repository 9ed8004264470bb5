import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import '../shared/design/index.css'
import { chooseTheme, readTheme } from '../shared/design/theme.ts'

chooseTheme(readTheme())
const root = document.getElementById('app')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <main>
        <h1>Portico</h1>
      </main>
    </StrictMode>,
  )
}
