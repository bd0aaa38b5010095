/** The condition, in SQL over `users u`, under which somebody may sign in: not disabled, and not being deleted. */
export const livingUser = 'u.disabled_at IS NULL AND u.deleting_since IS NULL';
