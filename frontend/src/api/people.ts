/** Units, people, their rights and their working days. */
import { call, uuid, type Operation } from './client'
import { collection, type QueryOf } from './collection'
import type * as Gen from './gen/types.gen'
import type * as T from './types'

export const people = {
  units: collection<{
    row: T.Unit
    list: Gen.ListUnitsData
    create: Gen.CreateUnitData
    change: Gen.ChangeUnitData
  }>('/api/v1/units'),
  importUnits: (csv: string, dryRun: boolean) =>
    call<Operation, T.UnitImport>(
      'POST',
      '/api/v1/units/import' satisfies Gen.ImportUnitsData['url'],
      { body: csv, query: { dry_run: dryRun } satisfies Gen.ImportUnitsData['query'] },
      { contentType: 'text/csv' },
    ),
  users: collection<{
    row: T.User
    list: Gen.ListUsersData
    create: Gen.CreateUserData
    change: Gen.ChangeUserData
  }>('/api/v1/users'),
  roles: collection<{
    row: T.Role
    list: Gen.ListRolesData
    create: Gen.CreateRoleData
    change: Gen.ChangeRoleData
  }>('/api/v1/roles'),
  grants: collection<{
    row: T.Grant
    list: Gen.ListGrantsData
    create: Gen.CreateGrantData
    change: never
  }>('/api/v1/grants'),
  permissions: () => call<Gen.ListPermissionsData, T.Permission[]>('GET', '/api/v1/permissions', {}),
  baseFigures: (query?: QueryOf<Gen.ListBaseFiguresData>) =>
    call<Gen.ListBaseFiguresData, T.Page<T.BaseFigure>>('GET', '/api/v1/base-figures', { query }),
  noteFigure: (body: NonNullable<Gen.CreateBaseFigureData['body']>) =>
    call<Gen.CreateBaseFigureData, T.BaseFigure>('POST', '/api/v1/base-figures', { body }, { idempotencyKey: uuid() }),
  calendar: (year: number, unitId?: string) =>
    call<Gen.GetCalendarData, T.Calendar>('GET', '/api/v1/calendar', { query: { year, unit_id: unitId } }),
  dayChanges: collection<{
    row: T.DayChange
    list: Gen.ListDayChangesData
    create: Gen.CreateDayChangeData
    change: never
  }>('/api/v1/day-changes'),
  calendarYears: collection<{
    row: T.CalendarYear
    list: Gen.ListCalendarYearsData
    create: Gen.CreateCalendarYearData
    change: never
  }>('/api/v1/calendar-years'),
}
