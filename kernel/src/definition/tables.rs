//! From the tables there are to those the schema wants.

use std::collections::{BTreeMap, BTreeSet};

use super::SchemaStep;
use crate::error::Result;
use crate::schema::{Label, Schema};
use crate::store::{ExistingTable, Table, WriteTx};

/// One change of the database.
pub(super) enum TableStep {
    CreateTable(Table),
    DropTable(String),
    AddColumn(String, crate::store::Column),
    DropColumn(String, String),
    CreateIndex(String, crate::store::Index),
    DropIndex(String, String),
}

/// The difference between the tables there are and those the schema wants.
pub(super) fn table_steps(existing: &[ExistingTable], schema: &Schema) -> Vec<TableStep> {
    let found: BTreeMap<&str, &ExistingTable> = existing.iter().map(|it| (it.name.as_str(), it)).collect();
    let mut wanted: BTreeMap<&str, &Table> = BTreeMap::new();
    for object in schema.objects.values() {
        wanted.insert(&object.table.name, &object.table);
        for link in object.fields.iter().filter_map(|it| it.link.as_ref()) {
            wanted.insert(&link.name, link);
        }
    }
    let mut steps = Vec::new();
    for (name, table) in &wanted {
        let Some(found) = found.get(name) else {
            steps.push(TableStep::CreateTable((*table).clone()));
            continue;
        };
        let columns: BTreeSet<&str> = table.columns.iter().map(|it| it.name.as_str()).collect();
        let indexes: BTreeSet<&str> = table.indexes.iter().map(|it| it.name.as_str()).collect();
        for index in found.indexes.iter().filter(|it| it.starts_with(*name) && !indexes.contains(it.as_str())) {
            steps.push(TableStep::DropIndex((*name).to_owned(), index.clone()));
        }
        for column in found.columns.iter().filter(|it| !columns.contains(it.as_str())) {
            steps.push(TableStep::DropColumn((*name).to_owned(), column.clone()));
        }
        for column in table.columns.iter().filter(|it| !found.columns.contains(&it.name)) {
            steps.push(TableStep::AddColumn((*name).to_owned(), crate::store::Column { nullable: true, ..column.clone() }));
        }
        for index in table.indexes.iter().filter(|it| !found.indexes.contains(&it.name)) {
            steps.push(TableStep::CreateIndex((*name).to_owned(), index.clone()));
        }
    }
    for name in found.keys().filter(|it| (it.starts_with("o_") || it.starts_with("l_")) && !wanted.contains_key(*it)) {
        steps.push(TableStep::DropTable((*name).to_owned()));
    }
    steps
}

pub(super) fn run_step(tx: &mut dyn WriteTx, step: &TableStep) -> Result<()> {
    match step {
        TableStep::CreateTable(table) => tx.create_table(table)?,
        TableStep::DropTable(table) => tx.drop_table(table)?,
        TableStep::AddColumn(table, column) => tx.add_column(table, column)?,
        TableStep::DropColumn(table, column) => tx.drop_column(table, column)?,
        TableStep::CreateIndex(table, index) => tx.create_index(table, index)?,
        TableStep::DropIndex(table, index) => tx.drop_index(table, index)?,
    }
    Ok(())
}

pub(super) fn describe(step: &TableStep) -> SchemaStep {
    let (op, table, name, zh, en) = match step {
        TableStep::CreateTable(table) => ("create_table", &table.name, &table.name, "新建数据表", "create the table"),
        TableStep::DropTable(table) => ("drop_table", table, table, "删除数据表", "drop the table"),
        TableStep::AddColumn(table, column) => ("add_column", table, &column.name, "新增列", "add the column"),
        TableStep::DropColumn(table, column) => ("drop_column", table, column, "删除列", "drop the column"),
        TableStep::CreateIndex(table, index) => ("create_index", table, &index.name, "新建索引", "create the index"),
        TableStep::DropIndex(table, index) => ("drop_index", table, index, "删除索引", "drop the index"),
    };
    SchemaStep { op, table: table.clone(), name: name.clone(), summary: Label::new(format!("{zh} {name}"), format!("{en} {name}")) }
}
