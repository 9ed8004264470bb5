import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import '../shared/design/index.css'
import './styles/index.css'
import { chooseTheme, readTheme } from '../shared/design/theme.ts'
import { createQueryClient } from '../shared/query-client.ts'
import { router } from './router.tsx'

chooseTheme(readTheme())
const root = document.getElementById('app')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={createQueryClient()}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  )
}
