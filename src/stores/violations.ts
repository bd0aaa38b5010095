import { Prisma } from '../../prisma/generated/client.ts';

/** How a violation is told: by Prisma for its queries, in Prisma's words with the code of PostgreSQL for SQL by hand, by `pg` itself. */
function isViolation(error: unknown, prismaCode: string, postgresCode: string): boolean {
  if (error instanceof Prisma.PrismaClientKnownRequestError) return error.code === prismaCode || error.message.includes(postgresCode);
  return error instanceof Error && 'code' in error && error.code === postgresCode;
}

/** Whether a write failed because a value that must be unique is taken; whoever wrote it may have been there a moment before. */
export const isUniqueViolation = (error: unknown): boolean => isViolation(error, 'P2002', '23505');

/** Whether a write failed because what it refers to is not there, or what it removes is referred to. */
export const isForeignKeyViolation = (error: unknown): boolean => isViolation(error, 'P2003', '23503');
