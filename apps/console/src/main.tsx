import './styles/app.css';
import { createApi } from '@baton/client';
import { RouterProvider } from '@tanstack/react-router';
import { setNonce } from 'get-nonce';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BatonProvider, createQueryClient } from './baton-provider.tsx';
import { createConsoleRouter } from './router.tsx';

const element = document.getElementById('root');
if (element === null) throw new Error('index.html has no #root');

// Dialogs and menus add style elements, which the page's policy allows with its nonce alone.
const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce;
if (nonce) setNonce(nonce);

createRoot(element).render(
  <StrictMode>
    <BatonProvider api={createApi({ url: location.origin })} queryClient={createQueryClient()}>
      <RouterProvider router={createConsoleRouter()} />
    </BatonProvider>
  </StrictMode>,
);
