import './styles/app.css';
import { createApi } from '@baton/client';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BatonProvider, createQueryClient } from './baton-provider.tsx';
import { createConsoleRouter } from './router.tsx';

const element = document.getElementById('root');
if (element === null) throw new Error('index.html has no #root');

createRoot(element).render(
  <StrictMode>
    <BatonProvider api={createApi({ url: location.origin })} queryClient={createQueryClient()}>
      <RouterProvider router={createConsoleRouter()} />
    </BatonProvider>
  </StrictMode>,
);
