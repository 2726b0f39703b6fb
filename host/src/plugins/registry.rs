//! The plugins of a run, by what they add.

use leverage_plugin_api::model::{OutputInfo, TypeInfo};

use super::v1::{Plugin, PluginContribution};
use crate::error::{Error, Kind, Result};

/// Admitted plugins, no two of which add the same.
pub struct Registry {
    plugins: Vec<Plugin>,
}

impl Registry {
    /// These plugins.
    ///
    /// # Errors
    ///
    /// Two plugins of one id, or that add a type or an output of one name.
    pub fn new(plugins: Vec<Plugin>) -> Result<Self> {
        for (at, plugin) in plugins.iter().enumerate() {
            for earlier in &plugins[..at] {
                no_clash(earlier, plugin)?;
            }
        }
        Ok(Self { plugins })
    }

    /// The built-in plugins alone.
    ///
    /// # Errors
    ///
    /// As [`Plugin::admit`].
    pub fn builtin() -> Result<Self> {
        Self::new(super::builtin()?)
    }

    /// The credential types, in the order of the plugins.
    pub fn types(&self) -> impl Iterator<Item = &TypeInfo> {
        self.plugins.iter().flat_map(|plugin| &plugin.manifest().types)
    }

    /// The output targets, in the order of the plugins.
    pub fn outputs(&self) -> impl Iterator<Item = &OutputInfo> {
        self.plugins.iter().flat_map(|plugin| &plugin.manifest().outputs)
    }

    /// The credential type called `name`, in any case, with its exact name.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn credential_type(&self, name: &str) -> Result<(PluginContribution<'_>, &str)> {
        self.plugins
            .iter()
            .find_map(|plugin| {
                let info = plugin.manifest().types.iter().find(|info| info.name.eq_ignore_ascii_case(name))?;
                Some((plugin.contribution(format!("type/{}", info.name)), info.name.as_str()))
            })
            .ok_or_else(|| {
                let names: Vec<&str> = self.types().map(|info| info.name.as_str()).collect();
                Error::new(Kind::Usage, format!("there is no credential type {name:?}"))
                    .hint(format!("the installed types are {}", names.join(", ")))
            })
    }

    /// The output target called `name`.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn output(&self, name: &str) -> Result<PluginContribution<'_>> {
        self.plugins
            .iter()
            .find(|plugin| plugin.manifest().outputs.iter().any(|info| info.name == name))
            .map(|plugin| plugin.contribution(format!("output/{name}")))
            .ok_or_else(|| {
                let names: Vec<&str> = self.outputs().map(|info| info.name.as_str()).collect();
                Error::new(Kind::Usage, format!("there is no output target {name:?}"))
                    .hint(format!("the installed outputs are {}", names.join(", ")))
            })
    }
}

fn no_clash(earlier: &Plugin, later: &Plugin) -> Result<()> {
    let (one, other) = (earlier.manifest(), later.manifest());
    let clash = if one.id == other.id {
        "have the same id".to_owned()
    } else if let Some(info) =
        other.types.iter().find(|info| one.types.iter().any(|known| known.name.eq_ignore_ascii_case(&info.name)))
    {
        format!("both add the credential type {}", info.name)
    } else if let Some(info) = other.outputs.iter().find(|info| one.outputs.iter().any(|known| known.name == info.name))
    {
        format!("both add the output {}", info.name)
    } else {
        return Ok(());
    };
    Err(Error::new(Kind::Plugin, format!("the plugins {:?} and {:?} {clash}", one.id, other.id))
        .hint("remove one of them"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_plugins_are_admitted() {
        let registry = Registry::builtin().unwrap();
        let types: Vec<&str> = registry.types().map(|info| info.name.as_str()).collect();
        assert_eq!(types, ["BOOTSTRAP", "MANAGEMENT", "SECURITY"]);
        assert_eq!(registry.credential_type("security").unwrap().1, "SECURITY");
        assert_eq!(registry.credential_type("x").map(|_| ()).unwrap_err().kind, Kind::Usage);
    }

    #[test]
    fn two_plugins_that_add_the_same_are_refused() {
        let twice = super::super::builtin().unwrap().into_iter().chain(super::super::builtin().unwrap());
        assert_eq!(Registry::new(twice.collect()).map(|_| ()).unwrap_err().kind, Kind::Plugin);
    }
}
