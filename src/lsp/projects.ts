import type { ScalingRequest } from '../4-scale/scaling.ts';
import { createIde } from '../ide/core/create-ide.ts';
import type { Ide } from '../ide/core/ide.ts';
import type { Platform } from './platform.ts';
import { folderOf, isInside } from './uris.ts';

/**
 * A folder that imports stay in, and what is known of its files: a workspace folder, or the folder of a file that lies
 * in none. Imports cannot cross from one to another, so that each has an `Ide` of its own.
 */
export interface Project {
  readonly root: string;
  readonly isWorkspaceFolder: boolean;
  readonly ide: Ide;
}

export interface Projects {
  readonly all: () => readonly Project[];
  /** The project of a path; one for a lone file's folder is made when `create` says so. */
  find(path: string, create?: boolean): Project | undefined;
  /** Makes these the workspace's folders. Documents that are open must then be opened again in their projects. */
  setFolders(roots: readonly string[]): void;
  setScaling(request: ScalingRequest): void;
}

export function createProjects(platform: Platform): Projects {
  let projects: Project[] = [];
  let scaling: ScalingRequest = {};
  const create = (root: string, isWorkspaceFolder: boolean): Project => {
    const ide = createIde(platform.createHost(root, isWorkspaceFolder));
    ide.setScaling(scaling);
    const project = { root, isWorkspaceFolder, ide };
    projects.push(project);
    return project;
  };
  return {
    all: () => projects,
    find(path, mayCreate = false) {
      // the library belongs to every project, and is the same in each
      if (path.startsWith('std/')) return projects[0] ?? create('', false);
      // of folders within each other the outermost: more of its files can import each other
      const known = projects
        .filter(({ root, isWorkspaceFolder }) => (isWorkspaceFolder ? isInside(path, root) : folderOf(path) === root))
        .sort((a, b) => Number(b.isWorkspaceFolder) - Number(a.isWorkspaceFolder) || a.root.length - b.root.length)[0];
      return known ?? (mayCreate ? create(folderOf(path), false) : undefined);
    },
    setFolders(roots) {
      projects = projects.filter((p) => p.isWorkspaceFolder && roots.includes(p.root));
      for (const root of roots) if (!projects.some((p) => p.root === root)) create(root, true);
    },
    setScaling(request) {
      scaling = request;
      for (const { ide } of projects) ide.setScaling(request);
    },
  };
}
