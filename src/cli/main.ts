#!/usr/bin/env node
import * as nodeModule from 'node:module';

// Compiled code is kept between runs where Node can (22.1 on): most of a short command's time is compiling.
(nodeModule as { enableCompileCache?: () => void }).enableCompileCache?.();

const { runProcess } = await import('./process.ts');
await runProcess();
