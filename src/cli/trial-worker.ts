// What the child processes of a study run: see serve-trials.ts.
void import('./engines.ts').then(({ serveTrials, trainWork }) => serveTrials(trainWork));
