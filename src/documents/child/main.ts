import { serveTasks } from '../../base/task-process.ts';
import { read } from './read.ts';

// This file is the entry of a child process, and never imported.
serveTasks(read);
