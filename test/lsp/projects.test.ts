import { expect, test } from 'vitest';
import { nodePlatform } from '../../src/cli/language-server/platform.ts';
import { createProjects } from '../../src/lsp/projects.ts';

test('of files in no folder nothing is kept when they are closed', () => {
  const projects = createProjects(nodePlatform());
  for (let i = 0; i < 3; i++) {
    for (const path of [`untitled:Untitled-${i}`, `/nowhere/${i}/a.enet`, `/nowhere/${i}/b.enet`]) {
      projects.find(path, true)?.ide.open(path, '// nothing\n');
    }
  }
  expect(projects.all()).toHaveLength(6);
  projects.close('/nowhere/0/a.enet');
  expect(projects.all()).toHaveLength(6);
  for (let i = 0; i < 3; i++) {
    for (const path of [`untitled:Untitled-${i}`, `/nowhere/${i}/a.enet`, `/nowhere/${i}/b.enet`]) projects.close(path);
  }
  expect(projects.all()).toHaveLength(0);
});
