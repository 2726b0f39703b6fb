//! The operations of AWS Organizations.

use serde_json::{Value, json};

use super::context::Context;
use super::failure::Failure;
use crate::fault::FaultKind;
use crate::operation::Operation;
use crate::organization::{Account, Organization, Unit};
use crate::random::{HEX, Random};

/// The largest page of AWS.
const PAGE: usize = 20;

/// `DescribeOrganization`: allowed in every account of the organization.
pub(super) fn describe(context: &Context) -> Result<Value, Failure> {
    let organization = authorize_read(context, Operation::DescribeOrganization)?;
    Ok(json!({"Organization": {
        "Id": organization.id,
        "Arn": organization.arn(),
        "FeatureSet": "ALL",
        "MasterAccountArn": organization.account_arn(&organization.management),
        "MasterAccountId": organization.management.id,
        "MasterAccountEmail": organization.management.email,
        "AvailablePolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}],
    }}))
}

/// `ListAccounts`: allowed in the management account only.
pub(super) fn list_accounts(context: &Context) -> Result<Value, Failure> {
    let organization = authorize_list(context, Operation::ListAccounts)?;
    let accounts: Vec<&Account> = organization.accounts().collect();
    render_page(context, "Accounts", &accounts, |account| render_account(organization, account))
}

/// `ListRoots`: the organization has one root.
pub(super) fn list_roots(context: &Context) -> Result<Value, Failure> {
    let organization = authorize_list(context, Operation::ListRoots)?;
    let root = organization.root();
    render_page(
        context,
        "Roots",
        &[root],
        |root| json!({ "Id": root.id, "Arn": organization.unit_arn(root), "Name": root.name, "PolicyTypes": [] }),
    )
}

/// `ListOrganizationalUnitsForParent`: the units directly below a unit or the root.
pub(super) fn list_units(context: &Context) -> Result<Value, Failure> {
    let organization = authorize_list(context, Operation::ListOrganizationalUnitsForParent)?;
    let parent = find_parent(context, organization)?;
    let units: Vec<&Unit> = organization.units_below(parent).collect();
    render_page(
        context,
        "OrganizationalUnits",
        &units,
        |unit| json!({ "Id": unit.id, "Arn": organization.unit_arn(unit), "Name": unit.name }),
    )
}

/// `ListAccountsForParent`: the accounts directly in a unit or the root.
pub(super) fn list_accounts_of(context: &Context) -> Result<Value, Failure> {
    let organization = authorize_list(context, Operation::ListAccountsForParent)?;
    let parent = find_parent(context, organization)?;
    let accounts: Vec<&Account> = organization.accounts_in(parent).collect();
    render_page(context, "Accounts", &accounts, |account| render_account(organization, account))
}

/// Finds the requested unit.
fn find_parent<'a>(context: &Context, organization: &'a Organization) -> Result<&'a Unit, Failure> {
    let id = context.value("ParentId").and_then(Value::as_str).unwrap_or_default();
    organization.unit(id).ok_or_else(Failure::parent_not_found)
}

/// Renders the requested page of `items`.
fn render_page<T>(context: &Context, field: &str, items: &[T], render: impl Fn(&T) -> Value) -> Result<Value, Failure> {
    let pages = Pages {
        total: items.len(),
        size: page_size(context.value("MaxResults"))?,
        repeats_token: context.world.faults.has(FaultKind::RepeatedToken),
        // An empty page needs items before and after it.
        has_empty_page: items.len() > 1 && context.world.faults.has(FaultKind::EmptyPage),
    };
    let random = &context.world.random;
    let position = match context.value("NextToken") {
        None => Position::default(),
        Some(token) => token.as_str().and_then(|token| Position::from_token(token, random)).ok_or_else(|| {
            Failure::invalid_input(
                "INVALID_NEXT_TOKEN",
                "You provided an invalid value for NextToken. Get it from the response to a previous call.",
            )
        })?,
    };
    let (length, next) = pages.at(position);
    let items: Vec<Value> = items.iter().skip(position.offset).take(length).map(render).collect();
    let mut page = json!({ field: items });
    if let Some(next) = next {
        page["NextToken"] = next.to_token(random).into();
    }
    Ok(page)
}

/// Returns the organization, if it exists and the caller can read it.
fn authorize_read<'a>(context: &'a Context, operation: Operation) -> Result<&'a Organization, Failure> {
    if !context.is_administrator() {
        return Err(context.not_authorized(operation, "*"));
    }
    if context.world.faults.has(FaultKind::NoOrganization) {
        return Err(Failure::no_organization());
    }
    Ok(&context.world.organization)
}

/// Returns the organization, if the caller can also list its contents, which needs the management account.
fn authorize_list<'a>(context: &'a Context, operation: Operation) -> Result<&'a Organization, Failure> {
    let organization = authorize_read(context, operation)?;
    if context.caller.account_id() == organization.management.id {
        return Ok(organization);
    }
    Err(Failure::AccessDenied("You don't have permissions to access this resource.".to_owned()))
}

fn render_account(organization: &Organization, account: &Account) -> Value {
    json!({
        "Id": account.id,
        "Arn": organization.account_arn(account),
        "Email": account.email,
        "Name": account.name,
        "Status": account.state.status(),
        "State": account.state.name(),
        "JoinedMethod": if *account == organization.management { "INVITED" } else { "CREATED" },
        "JoinedTimestamp": f64::from(account.joined) + 0.25,
    })
}

/// Parses the requested size of a page.
fn page_size(asked: Option<&Value>) -> Result<usize, Failure> {
    let Some(asked) = asked else { return Ok(PAGE) };
    match asked.as_u64().and_then(|asked| usize::try_from(asked).ok()) {
        Some(asked @ 1..=PAGE) => Ok(asked),
        Some(0) | None => {
            Err(Failure::invalid_input("MIN_VALUE_EXCEEDED", "You specified a value for MaxResults below 1."))
        }
        Some(_) => Err(Failure::invalid_input("MAX_VALUE_EXCEEDED", "You specified a value for MaxResults above 20.")),
    }
}

/// How items are divided into pages.
struct Pages {
    total: usize,
    size: usize,
    /// Whether every page has the token of the first one.
    repeats_token: bool,
    /// Whether an empty page follows the first one.
    has_empty_page: bool,
}

/// The start of a page.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Position {
    offset: usize,
    /// Whether this is the empty page before the next items.
    empty: bool,
}

impl Pages {
    /// The number of items on a page, and the start of the next page.
    fn at(&self, position: Position) -> (usize, Option<Position>) {
        let Position { offset, empty } = position;
        if empty {
            return (0, Some(Position { offset, empty: false }));
        }
        // The first page of a short list is shortened, so that items always follow the empty page.
        let first = if self.has_empty_page { self.size.min(self.total / 2) } else { self.size };
        let length = if offset == 0 { first } else { self.size }.min(self.total.saturating_sub(offset));
        let next = if self.repeats_token { first } else { offset + length };
        let more = self.repeats_token || next < self.total;
        (length, more.then_some(Position { offset: next, empty: self.has_empty_page && offset == 0 }))
    }
}

impl Position {
    /// Renders a token that cannot be guessed, as AWS's tokens.
    fn to_token(self, random: &Random) -> String {
        let text = format!("{}{:x}", u8::from(self.empty), self.offset);
        random.text(&format!("page/{text}"), HEX, 48) + &text
    }

    /// Parses a token.
    fn from_token(token: &str, random: &Random) -> Option<Self> {
        let text = token.get(48..)?;
        let offset = usize::from_str_radix(text.get(1..)?, 16).ok()?;
        let position = Self { offset, empty: text.starts_with('1') };
        (position.to_token(random) == token).then_some(position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(pages: &Pages) -> Vec<usize> {
        let mut lengths = Vec::new();
        let mut next = Some(Position::default());
        while let Some(position) = next.filter(|_| lengths.len() < 8) {
            let (length, following) = pages.at(position);
            lengths.push(length);
            next = following;
        }
        lengths
    }

    fn pages(total: usize, size: usize) -> Pages {
        Pages { total, size, repeats_token: false, has_empty_page: false }
    }

    #[test]
    fn pages_divide_items() {
        assert_eq!(walk(&pages(45, 20)), [20, 20, 5]);
        assert_eq!(walk(&pages(40, 20)), [20, 20]);
        assert_eq!(walk(&pages(4, 20)), [4]);
        assert_eq!(walk(&pages(3, 1)), [1, 1, 1]);
    }

    #[test]
    fn empty_page_is_never_the_last() {
        assert_eq!(walk(&Pages { has_empty_page: true, ..pages(45, 20) }), [20, 0, 20, 5]);
        assert_eq!(walk(&Pages { has_empty_page: true, ..pages(4, 20) }), [2, 0, 2]);
        assert_eq!(walk(&Pages { has_empty_page: true, ..pages(2, 20) }), [1, 0, 1]);
    }

    #[test]
    fn repeated_token_gives_endless_pages() {
        let endless = Pages { repeats_token: true, ..pages(45, 20) };
        assert_eq!(walk(&endless), [20; 8]);
        let first = endless.at(Position::default()).1;
        assert_eq!(endless.at(first.unwrap()).1, first);
        assert_eq!(walk(&Pages { repeats_token: true, ..pages(4, 20) }).len(), 8);
    }

    #[test]
    fn from_token_reads_own_tokens_only() {
        let random = Random::new(Some(1)).unwrap();
        for position in [Position { offset: 20, empty: false }, Position { offset: 5000, empty: true }] {
            let token = position.to_token(&random);
            assert_eq!(Position::from_token(&token, &random), Some(position));
            assert_eq!(Position::from_token(&token.replacen(&token[..4], "0000", 1), &random), None);
            assert_eq!(Position::from_token(&format!("{token}0"), &random), None);
            assert_eq!(Position::from_token(&token, &Random::new(Some(2)).unwrap()), None);
        }
        for token in ["", "20", "é", &"0".repeat(50)] {
            assert_eq!(Position::from_token(token, &random), None);
        }
    }

    #[test]
    fn page_size_accepts_one_to_twenty() {
        assert_eq!(page_size(None), Ok(20));
        assert_eq!(page_size(Some(&json!(7))), Ok(7));
        for wrong in [json!(0), json!(21), json!(-1), json!("7")] {
            assert!(page_size(Some(&wrong)).is_err());
        }
    }
}
