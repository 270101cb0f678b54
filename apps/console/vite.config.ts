import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `dev` finds the API. */
const API = process.env['BATON_URL'] ?? 'http://127.0.0.1:4000';

export default defineConfig({
  plugins: [react(), tailwind()],
  build: { target: 'es2023', chunkSizeWarningLimit: 700, reportCompressedSize: true },
  server: { port: 4_173, proxy: { '/trpc': { target: API, changeOrigin: true } } },
});
