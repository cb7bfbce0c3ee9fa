"""A warning about money. It warns, hours late; it caps nothing."""

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

__all__ = ["BudgetArgs", "declare_budget"]

_SHARES = (0.5, 0.9, 1.0)


@dataclass(frozen=True, kw_only=True)
class BudgetArgs:
    """The amount, in the billing account's currency a month, and the project that it is for."""

    title: str
    billing_account: pulumi.Input[str]
    amount: int
    project_number: pulumi.Input[int]


def declare_budget(name: str, args: BudgetArgs, opts: pulumi.ResourceOptions) -> None:
    """Declare one `billing.Budget` over the whole project: Google counts no cost by stack.

    Mails go to the billing account's administrators and users.
    """
    gcp.billing.Budget(
        name,
        display_name=args.title,
        billing_account=args.billing_account,
        amount={"specified_amount": {"units": str(args.amount)}},
        budget_filter={"projects": [pulumi.Output.format("projects/{0}", _whole(args))]},
        threshold_rules=[{"threshold_percent": share} for share in _SHARES],
        opts=opts,
    )


def _whole(args: BudgetArgs) -> pulumi.Output[int]:
    return pulumi.Output.from_input(args.project_number).apply(int)
